/**
 * The messages of OpenAPI documents in protobuf (github.com/google/gnostic-models, OpenAPIv2.proto and OpenAPIv3.proto), as far as an
 * API server's documents have them: `NUMBER KEY TYPE`, by number. `T[]` repeats, `{T}` is a map, of which `/*`, `x-*`, `000` and `0XX`
 * take the keys alike. A type with a `|` is a union, whose members are told apart in `openapi/protobuf.ts`.
 */
export type MessageTable = Readonly<Record<string, string>>

const numbers = (from: number, keys: string) =>
  keys
    .split(' ')
    .map((key, i) => {
      const [name, type = 'string'] = key.split(':')
      return `${from + i} ${name} ${type}`
    })
    .join(', ')

/** What parameters and headers of version 2 have, and schemas of both. */
const bounds =
  'maximum:double exclusiveMaximum:bool minimum:double exclusiveMinimum:bool maxLength:int64 minLength:int64 pattern maxItems:int64 minItems:int64 uniqueItems:bool'
const item = `type format items:PrimitivesItems collectionFormat default:any ${bounds} enum:any[] multipleOf:double`

export const v2Messages: MessageTable = {
  Document: numbers(
    1,
    'swagger info:Info host basePath schemes:string[] consumes:string[] produces:string[] paths:Paths definitions:{Schema} parameters:{Parameter} responses:{Response} security:SecurityRequirement[] securityDefinitions:{SecurityDefinitionsItem} tags:Tag[] externalDocs:ExternalDocs x-*:any',
  ),
  Info: numbers(1, 'title version description termsOfService contact:Contact license:License x-*:any'),
  Contact: numbers(1, 'name url email x-*:any'),
  License: numbers(1, 'name url x-*:any'),
  Tag: numbers(1, 'name description externalDocs:ExternalDocs x-*:any'),
  ExternalDocs: numbers(1, 'description url x-*:any'),
  Paths: numbers(1, 'x-*:any /*:PathItem'),
  PathItem: numbers(
    1,
    '$ref get:Operation put:Operation post:Operation delete:Operation options:Operation head:Operation patch:Operation parameters:ParametersItem[] x-*:any',
  ),
  Operation: numbers(
    1,
    'tags:string[] summary description externalDocs:ExternalDocs operationId produces:string[] consumes:string[] parameters:ParametersItem[] responses:Responses schemes:string[] deprecated:bool security:SecurityRequirement[] x-*:any',
  ),
  ParametersItem: '1 parameter Parameter|, 2 reference JsonReference|',
  Parameter: '1 body BodyParameter|, 2 other NonBodyParameter|',
  NonBodyParameter:
    '1 header HeaderParameterSubSchema|, 2 formData QueryParameterSubSchema|, 3 query QueryParameterSubSchema|, 4 path HeaderParameterSubSchema|',
  BodyParameter: numbers(1, 'description name in required:bool schema:Schema x-*:any'),
  HeaderParameterSubSchema: numbers(1, `required:bool in description name ${item} x-*:any`),
  QueryParameterSubSchema: numbers(1, `required:bool in description name allowEmptyValue:bool ${item} x-*:any`),
  PrimitivesItems: numbers(1, `${item} x-*:any`),
  Header: numbers(1, `${item} description x-*:any`),
  JsonReference: numbers(1, '$ref description'),
  Responses: numbers(1, '000:ResponseValue x-*:any'),
  ResponseValue: '1 response Response|, 2 reference JsonReference|',
  Response: numbers(1, 'description schema:SchemaItem headers:{Header} examples:{any} x-*:any'),
  SchemaItem: '1 schema Schema|',
  Schema: numbers(
    1,
    `$ref format title description default:any multipleOf:double ${bounds} maxProperties:int64 minProperties:int64 required:string[] enum:any[] additionalProperties:AdditionalPropertiesItem type:TypeItem items:ItemsItem allOf:Schema[] properties:{Schema} discriminator readOnly:bool xml:Xml externalDocs:ExternalDocs example:any x-*:any`,
  ),
  AdditionalPropertiesItem: '1 schema Schema|, 2 boolean bool|',
  TypeItem: '1 list string[]|',
  ItemsItem: '1 list Schema[]|',
  Xml: numbers(1, 'name namespace prefix attribute:bool wrapped:bool x-*:any'),
  SecurityRequirement: '1 * StringArray',
  StringArray: '1 list string[]|',
  SecurityDefinitionsItem: '2 apiKey ApiKeySecurity|',
  ApiKeySecurity: numbers(1, 'type name in description x-*:any'),
}

const orReference = (type: string) => `1 value ${type}|, 2 reference Reference|`

export const v3Messages: MessageTable = {
  Document: numbers(
    1,
    'openapi info:Info servers:Server[] paths:Paths components:Components security:SecurityRequirement[] tags:Tag[] externalDocs:ExternalDocs x-*:any',
  ),
  Info: numbers(1, 'title description termsOfService contact:Contact license:License version x-*:any summary'),
  Contact: numbers(1, 'name url email x-*:any'),
  License: numbers(1, 'name url x-*:any'),
  Server: numbers(1, 'url description'),
  Tag: numbers(1, 'name description externalDocs:ExternalDocs x-*:any'),
  ExternalDocs: numbers(1, 'description url x-*:any'),
  Components: numbers(
    1,
    'schemas:{SchemaOrReference} responses:{ResponseOrReference} parameters:{ParameterOrReference} examples:{any} requestBodies:{RequestBodyOrReference} headers:{HeaderOrReference} securitySchemes:{SecuritySchemeOrReference}',
  ),
  Paths: numbers(1, '/*:PathItem x-*:any'),
  PathItem: numbers(
    1,
    '$ref summary description get:Operation put:Operation post:Operation delete:Operation options:Operation head:Operation patch:Operation trace:Operation servers:Server[] parameters:ParameterOrReference[] x-*:any',
  ),
  Operation: `${numbers(1, 'tags:string[] summary description externalDocs:ExternalDocs operationId parameters:ParameterOrReference[] requestBody:RequestBodyOrReference responses:Responses')}, ${numbers(10, 'deprecated:bool security:SecurityRequirement[] servers:Server[] x-*:any')}`,
  ParameterOrReference: orReference('Parameter'),
  Parameter: `${numbers(1, 'name in description required:bool deprecated:bool allowEmptyValue:bool style explode:bool allowReserved:bool schema:SchemaOrReference example:any')}, 13 content {MediaType}, 14 x-* any`,
  RequestBodyOrReference: orReference('RequestBody'),
  RequestBody: numbers(1, 'description content:{MediaType} required:bool x-*:any'),
  MediaType: '1 schema SchemaOrReference, 2 example any, 5 x-* any',
  Responses: numbers(1, 'default:ResponseOrReference 0XX:ResponseOrReference x-*:any'),
  ResponseOrReference: orReference('Response'),
  Response: '1 description string, 2 headers {HeaderOrReference}, 3 content {MediaType}, 5 x-* any',
  HeaderOrReference: orReference('Header'),
  Header: `${numbers(1, 'description required:bool deprecated:bool allowEmptyValue:bool style explode:bool allowReserved:bool schema:SchemaOrReference example:any')}, 11 content {MediaType}, 12 x-* any`,
  SchemaOrReference: orReference('Schema'),
  Schema: numbers(
    1,
    `nullable:bool discriminator:Discriminator readOnly:bool writeOnly:bool xml:Xml externalDocs:ExternalDocs example:any deprecated:bool title multipleOf:double ${bounds} maxProperties:int64 minProperties:int64 required:string[] enum:any[] type allOf:SchemaOrReference[] oneOf:SchemaOrReference[] anyOf:SchemaOrReference[] not:Schema items:ItemsItem properties:{SchemaOrReference} additionalProperties:AdditionalPropertiesItem default:DefaultType description format x-*:any`,
  ),
  AdditionalPropertiesItem: '1 schema SchemaOrReference|, 2 boolean bool|',
  DefaultType: '1 number double|, 2 boolean bool|, 3 string string|',
  ItemsItem: '1 list SchemaOrReference[]|',
  Discriminator: '1 propertyName string, 2 mapping {string}, 3 x-* any',
  Xml: numbers(1, 'name namespace prefix attribute:bool wrapped:bool x-*:any'),
  Reference: numbers(1, '$ref summary description'),
  SecurityRequirement: '1 * StringArray',
  StringArray: '1 list string[]|',
  SecuritySchemeOrReference: orReference('SecurityScheme'),
  SecurityScheme: `${numbers(1, 'type description name in scheme bearerFormat')}, 8 openIdConnectUrl string, 9 x-* any`,
}

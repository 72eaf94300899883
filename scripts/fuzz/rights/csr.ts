// Certificate requests (DER, base64) of a user, of an administrator and of a node; nobody has their keys.
const user =
  'MIHKMHICAQAwEDEOMAwGA1UEAwwFYWxpY2UwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT1uKpBPpSXdwCBH08fQYaFnZq/36SdPet/ngw4CKUnGWU7AJiR' +
  'qyGTpErDE/fNFb7koqsdpTk8+412mP0fo1euoAAwCgYIKoZIzj0EAwIDSAAwRQIhAPLAuMXO4+1DN8VgmEQSkiPtF84Es2zdePS2tcqQpA4BAiArZ3nVRJle' +
  'R8fTb50/cWlAig1buXo+Fx3qUONrYCaVfg=='

const administrator =
  'MIHkMIGLAgEAMCkxFzAVBgNVBAoMDnN5c3RlbTptYXN0ZXJzMQ4wDAYDVQQDDAVhZG1pbjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPW4qkE+lJd3AIEf' +
  'Tx9BhoWdmr/fpJ0963+eDDgIpScZZTsAmJGrIZOkSsMT980VvuSiqx2lOTz7jXaY/R+jV66gADAKBggqhkjOPQQDAgNIADBFAiEAgh7+rYkvxgGcoEPe6zmK' +
  'RrHz6fTUoxHqN5WNlPH/4X0CIH1BwtpVPrrYGtH6bTdmHjKU8jqoC9MVepbE7Mt+AooG'

const node =
  'MIHqMIGRAgEAMC8xFTATBgNVBAoMDHN5c3RlbTpub2RlczEWMBQGA1UEAwwNc3lzdGVtOm5vZGU6eDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPW4qkE+' +
  'lJd3AIEfTx9BhoWdmr/fpJ0963+eDDgIpScZZTsAmJGrIZOkSsMT980VvuSiqx2lOTz7jXaY/R+jV66gADAKBggqhkjOPQQDAgNIADBFAiAtM5paoETmMrXF' +
  'nwfyG7B2n1ROJWil+kovcznmNUhV2QIhAIesaFaJVMjdhmh30mnRs2bScfLWK5pj6gVNOvK+kXJi'

const pem = (der: string) =>
  Buffer.from(`-----BEGIN CERTIFICATE REQUEST-----\n${der.replaceAll(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE REQUEST-----\n`).toString(
    'base64',
  )

/** As `spec.request` has them. */
export const certificateRequests = [user, administrator, node].map(pem)

export { CallFailure, callWebhook, failureOf } from '../../registry/webhook-call.ts'

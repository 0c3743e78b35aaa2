export { bindSharedOutputs, SharedOutputs } from './sharedOutputs';

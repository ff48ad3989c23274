/** Format of a glass-box artefact: the only kind of model that may decide. */
export const GLASS_BOX_FORMAT = 'probity.glass-box/1';

/** Format of a deep challenger's artefact (models/deep): it may be registered and compared, never decide. */
export const DEEP_FORMAT = 'probity.deep/1';

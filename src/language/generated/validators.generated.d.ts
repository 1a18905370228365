// Made by scripts/generate.mjs from schemas/*.schema.json.
/** Whether the value fits playbook.schema.json. */
export declare const playbook: (value: unknown) => boolean;
/** Whether the value fits inventory.schema.json. */
export declare const inventory: (value: unknown) => boolean;
/** Whether the value fits module.schema.json. */
export declare const module: (value: unknown) => boolean;
/** Whether the value fits config.schema.json. */
export declare const config: (value: unknown) => boolean;

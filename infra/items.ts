/** One table holds the records, under the ids of instances, and the drain slots of each cluster. */
const itemsOnly = (...keys: readonly string[]) => ({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [...keys] } });

/** IAM conditions, by the partition keys of the items that a statement is about. */
export const recordItemsOnly = itemsOnly("i-*");
export const slotItemsOnly = itemsOnly("cluster#*");

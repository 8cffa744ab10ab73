import { describeContract } from "./contract.ts";

describeContract("1.5.1", { experiments: 18, records: 273, matched: 264, listed: 9 });

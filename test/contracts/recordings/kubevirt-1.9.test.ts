import { describeContract } from "./contract.ts";

describeContract("1.9.0", { experiments: 23, records: 338, matched: 334, listed: 4 });

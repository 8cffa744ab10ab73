import { describeContract } from "./contract.ts";

describeContract("1.7.0", { experiments: 18, records: 270, matched: 265, listed: 5 });

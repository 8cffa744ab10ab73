/** What came with the request. */
export type Sent = {
	/** Without parameters, in lower case; empty when there is none. */
	readonly contentType: string;
	readonly accept: string;
	readonly text: string;
};

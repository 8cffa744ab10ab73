/** A refusal as AWS words it; `code` is what its SDK calls the error's name. */
export class ApiError extends Error {
	override readonly name = "ApiError";
	readonly code: string;
	readonly status: number;

	constructor(code: string, message: string, status = 400) {
		super(message);
		this.code = code;
		this.status = status;
	}
}

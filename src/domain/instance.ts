/** EC2 has it no more, or is taking it. `state` is EC2's word for it. */
export const isGone = (instance: { readonly state: string } | undefined): boolean =>
	instance === undefined || instance.state === "terminated" || instance.state === "shutting-down";

/** The programs of a control plane that can be stopped and started by themselves. */
export type PlaneProgram =
	| "etcd"
	| "kube-apiserver"
	| "kube-controller-manager"
	| "kube-scheduler"
	| "virt-operator"
	| "virt-api"
	| "virt-controller";

/** A client certificate and its key, PEM. */
export type Identity = { readonly cert: string; readonly key: string };

/** A control plane that runs in this network namespace. */
export type Plane = {
	/** `https://127.0.0.1:6443`, as seen from within. */
	readonly url: string;
	/** PEM of the authority behind the API server's certificate and all identities. */
	readonly ca: string;
	readonly versions: { readonly kubernetes: string; readonly kubevirt: string };
	/** Where everything of this plane is kept; it goes with the plane. */
	readonly folder: string;
	/** One JSON object a line; written before the answer goes out. */
	readonly auditLog: string;
	/** Of the administrator. */
	readonly kubeconfig: string;
	/** A client certificate for this user, in these groups. */
	identity(user: string, groups?: readonly string[]): Promise<Identity>;
	/** Kills the program, and returns when it is gone. */
	stopProgram(program: PlaneProgram): Promise<void>;
	/** Starts it again, and returns when it answers. */
	startProgram(program: PlaneProgram): Promise<void>;
	/** Ends everything, and removes the folder. */
	stop(): Promise<void>;
};

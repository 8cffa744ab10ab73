/** A terminal of the few sequences that the live display may use; anything else throws. */
export class Screen {
	readonly #lines: string[][] = [[]];
	#row = 0;
	#column = 0;
	cursorHidden = false;

	write(text: string): void {
		const [first = "", ...commands] = text.split("\u001b[");
		for (const character of first) this.#put(character);
		for (const piece of commands) {
			const command = /[A-Za-z]/.exec(piece);
			if (!command) throw new Error("the display wrote half an escape sequence");
			this.#obey(command[0], piece.slice(0, command.index));
			for (const character of piece.slice(command.index + 1)) this.#put(character);
		}
	}

	text(): string {
		return this.#lines.map((line) => line.join("")).join("\n");
	}

	#put(character: string): void {
		if (character === "\u001b") throw new Error("the display wrote an escape sequence that this terminal does not know");
		if (character === "\n") this.#row += 1;
		if (character === "\n" || character === "\r") this.#column = 0;
		while (this.#lines.length <= this.#row) this.#lines.push([]);
		if (character === "\n" || character === "\r") return;
		const line = this.#lines[this.#row] ?? [];
		line[this.#column] = character;
		this.#column += 1;
	}

	#obey(command: string, argument: string): void {
		switch (command + (argument.startsWith("?") ? argument : "")) {
			case "A":
				this.#row = Math.max(0, this.#row - Number(argument));
				return;
			case "J":
				this.#lines.length = this.#row + 1;
				this.#lines[this.#row]?.splice(this.#column);
				return;
			case "K":
				this.#lines[this.#row]?.splice(this.#column);
				return;
			case "h?25":
			case "l?25":
				this.cursorHidden = command === "l";
				return;
			case "m":
				return;
			default:
				throw new Error(`the display wrote the unknown escape sequence ${argument}${command}`);
		}
	}
}

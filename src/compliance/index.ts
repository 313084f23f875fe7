// Calling rules as dated data, where a number is, and who may be called when. Pure.

export {};

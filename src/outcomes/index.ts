// What outcomes mean, how well campaigns convert, and the lake that keeps them.

export {};

// The dialer model: queueing formulas, distributions, simulation, pacing strategies, calibration. Pure: Node, workers and the browser run the same code.

export {};

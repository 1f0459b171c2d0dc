"""LightGBM's side of bench/train-gbdt.mjs: trains on the same rows when told to, one line of JSON for each training.

Arguments: a file of float32 (training rows, training targets, test rows, test targets) and the set's shape and options as
JSON. A line on standard input is the number of threads, the seed and the number of trees; "2 1 300 row" or "2 1 300 col" also
fixes the layout of histograms.
Exit code 3: LightGBM or numpy is not installed.
"""

import json
import sys
import time

try:
    import lightgbm
    import numpy
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)

shape = json.loads(sys.argv[2])
values = numpy.fromfile(sys.argv[1], dtype=numpy.float32)
rows, test_rows, columns = shape["rows"], shape["testRows"], shape["columns"]
ends = numpy.cumsum([rows * columns, rows, test_rows * columns])
features, target, test_features, test_target = numpy.split(values, ends)
features = features.reshape(rows, columns)
test_features = test_features.reshape(test_rows, columns)
print(json.dumps({"version": lightgbm.__version__}), flush=True)

for line in sys.stdin:
    threads, seed, trees, *layout = line.split()
    options = {
        "objective": "regression",
        "num_leaves": shape["leaves"],
        "learning_rate": shape["learningRate"],
        "lambda_l2": shape["lambda"],
        "min_data_in_leaf": shape["minRowsPerLeaf"],
        "min_sum_hessian_in_leaf": 0,
        "feature_fraction": shape["featureFraction"],
        "max_bin": shape["maxBins"],
        "num_threads": int(threads),
        "seed": int(seed),
        "verbosity": -1,
    }
    if layout:
        options[f"force_{layout[0]}_wise"] = True
    cpu, started = time.process_time(), time.perf_counter()
    rows_binned = lightgbm.Dataset(features, target, params=options)
    rows_binned.construct()
    binned = time.perf_counter()
    model = lightgbm.train(options, rows_binned, int(trees))
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    missed = model.predict(test_features, num_threads=1) - test_target
    result = {
        "seconds": seconds,
        "binSeconds": binned - started,
        "cpuSeconds": cpu,
        "rmse": float(numpy.sqrt(numpy.mean(missed**2))),
    }
    print(json.dumps(result), flush=True)

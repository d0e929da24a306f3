#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Models from files, ours and TensorFlow's in turn, on the same inputs and with as many threads.

bench-models.py ASSAY_CLI [--networks DIR] [--fixtures DIR]... [--batch N]... [--threads N] [--rounds N] [--no-first] [--markdown] [NAME...]

Networks that aren't in DIR yet are built there by make-networks.py. A folder of fixtures holds NAME/model.keras or NAME/saved_model and
NAME/inputs.npz. Without TensorFlow only ours are run; --python says which Python has it.

Wall time says little on a machine that does other things, too (a thread that sleeps now and then gets a processor sooner than one that
works): there the ratio of the processors' time, user and system, is what to look at.

steady   the median of forward runs after the first ones. Ours: `assay-cli run --repeat`, as it tells. TensorFlow's: a tf.function of the loaded
         model, or the SavedModel's signature, until the output is a NumPy array. Rounds of both take turns, so that what else the machine
         does hits both.
first    wall time from the start of a process until the first output is there. Ours: the whole of `assay-cli run MODEL --inputs FILE.npz`.
         TensorFlow's: Python starts, imports TensorFlow, loads, and calls once without tf.function (which is faster the first time).
loaded   the same without the start of processes and without the import: load_ms and the first of run_ms, as assay-cli tells them, beside
         load_model or saved_model.load and the first call.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
NETWORKS = ["perceptron", "small-cnn", "lstm", "gru", "transformer", "resnet-50", "mobilenet-v2", "bert-base", "conv-1d", "depthwise", "transposed", "conv-3d"]


class Peer:
    """What the process with TensorFlow does: loads a model, then answers lines, each a number of runs, with their times."""

    def __init__(self, path, inputs, threads):
        import numpy as np
        import tensorflow as tf
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        self.load_begin, self.load_cpu = time.perf_counter(), time.process_time()
        with np.load(inputs) as file:
            values = {k: tf.constant(file[k]) for k in file}
        if path.endswith((".keras", ".h5")):
            import keras
            model = keras.models.load_model(path, compile=False)
            x = {i.name.split(":")[0]: values[i.name.split(":")[0]] for i in model.inputs}
            x = list(x.values())
            x = x[0] if len(x) == 1 else x
            self.eager = lambda: model(x)
            graph = tf.function(lambda v: model(v))
            self.call = lambda: graph(x)
        else:
            model = tf.saved_model.load(path)
            signature = model.signatures["serving_default"]
            names = list(signature.structured_input_signature[1])
            x = values if set(names) == set(values) else dict(zip(names, values.values()))
            self.eager = self.call = lambda: signature(**x)
        self.take = lambda y: tf.nest.map_structure(lambda t: t.numpy(), y)
        self.keep = model

    def once(self, call):
        begin = time.perf_counter()
        self.take(call())
        return (time.perf_counter() - begin) * 1e3

    def serve(self):
        self.once(self.eager)
        print(json.dumps({"wall": (time.perf_counter() - self.load_begin) * 1e3, "cpu": (time.process_time() - self.load_cpu) * 1e3,
                          "whole_cpu": time.process_time() * 1e3}), flush=True)
        for line in sys.stdin:
            begin = time.process_time()
            times = [self.once(self.call) for _ in range(int(line))]
            print(json.dumps([statistics.median(times), (time.process_time() - begin) * 1e3 / len(times)]), flush=True)


class Bench:
    def __init__(self, args):
        self.args = args
        self.temp = tempfile.TemporaryDirectory()
        self.has_peer = subprocess.run([args.python, "-c", "import importlib.util as u; exit(u.find_spec('tensorflow') is None)"]).returncode == 0

    def find(self, name):
        for folder in [*self.args.fixtures, self.args.networks]:
            if os.path.exists(os.path.join(folder, name, "inputs.npz")):
                return os.path.join(folder, name)
        subprocess.run([self.args.python, os.path.join(HERE, "make-networks.py"), self.args.networks, name], check=True, stderr=subprocess.DEVNULL)
        return os.path.join(self.args.networks, name)

    def inputs(self, folder, batch):
        """The samples of inputs.npz as often as it takes."""
        import numpy as np
        path = os.path.join(self.temp.name, "%s-%d.npz" % (os.path.basename(folder), batch))
        with np.load(os.path.join(folder, "inputs.npz")) as file:
            np.savez(path, **{k: np.resize(file[k], (batch, *file[k].shape[1:])) for k in file})
        return path

    def can_run(self, model, inputs):
        """A model of classes that aren't in its file can't: it has a SavedModel beside it."""
        tried = subprocess.run([self.args.program, "run", model, "--inputs", inputs], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if tried.returncode:
            print("%s: %s" % (model, tried.stderr.strip().splitlines()[-1]), file=sys.stderr)
        return tried.returncode == 0

    def ours(self, model, inputs, repeat):
        """What `assay-cli run --json` tells, and milliseconds of the process: by the clock, and of processors."""
        command = [self.args.program, "run", model, "--inputs", inputs, "--repeat", str(repeat), "--threads", str(self.args.threads), "--json", "--quiet"]
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        out = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
        wall, after = (time.perf_counter() - begin) * 1e3, resource.getrusage(resource.RUSAGE_CHILDREN)
        return json.loads(out), (wall, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3)

    def start_peer(self, model, inputs):
        """A process with TensorFlow that has given its first output, and milliseconds until then: in all, and without the import."""
        begin = time.perf_counter()
        peer = subprocess.Popen([self.args.python, __file__, "--peer", model, inputs, str(self.args.threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""})
        line = peer.stdout.readline()
        wall = (time.perf_counter() - begin) * 1e3
        if not line:
            peer.wait()
            return None, None, None
        told = json.loads(line)
        return peer, (wall, told["whole_cpu"]), (told["wall"], told["cpu"])

    def ask(self, peer, n):
        print(n, file=peer.stdin, flush=True)
        return json.loads(peer.stdout.readline())

    def end(self, peer):
        peer.stdin.close()
        peer.wait()

    def steady(self, model, inputs):
        """Rounds of (wall, processors' time) a run. Ours: what a process with n runs more takes more."""
        told, few = self.ours(model, inputs, 4)
        n = max(3, min(500, int(500 / max(statistics.median(told["run_ms"][1:]), 1e-3))))
        ours, theirs = [], []
        peer = self.start_peer(model, inputs)[0] if self.has_peer else None
        if peer:
            self.ask(peer, 3)
        for _ in range(self.args.rounds):
            few = self.ours(model, inputs, 2)[1]
            told, many = self.ours(model, inputs, n + 2)
            ours.append((statistics.median(told["run_ms"][2:]), (many[1] - few[1]) / n))
            if peer:
                theirs.append(self.ask(peer, n))
        if peer:
            self.end(peer)
        return ours, theirs

    def first(self, model, inputs):
        ours, ours_loaded, theirs, theirs_loaded = [], [], [], []
        self.ours(model, inputs, 1)
        for _ in range(self.args.first_rounds):
            told, whole = self.ours(model, inputs, 1)
            ours.append(whole)
            ours_loaded.append((told["load_ms"] + told["run_ms"][0], whole[1]))
            peer, whole, loaded = self.start_peer(model, inputs) if self.has_peer else (None, None, None)
            if peer:
                self.end(peer)
                theirs.append(whole)
                theirs_loaded.append(loaded)
        return ours, theirs, ours_loaded, theirs_loaded

    def put(self, texts):
        if self.args.markdown:
            print("| " + " | ".join(texts) + " |", flush=True)
        else:
            print("%-20s %-11s %5s  %-7s %10s %10s %7s %12s %10s %7s" % tuple(texts), flush=True)

    def row(self, name, kind, batch, what, ours, theirs):
        """Medians of both, and the median of the rounds' own ratios: by the clock, and of processors' time."""
        texts = [name, kind, str(batch), what]
        for i in range(2):
            mine, other = [a[i] for a in ours], [b[i] for b in theirs]
            texts.append("%.2f" % statistics.median(mine))
            texts += ["%.2f" % statistics.median(other), "%.2f" % statistics.median(a / b for a, b in zip(mine, other))] if other else ["-", "-"]
        self.put(texts)

    def run(self):
        self.put(["model", "file", "batch", "what", "Assay ms", "TF ms", "ratio", "Assay cpu ms", "TF cpu ms", "ratio"])
        if self.args.markdown:
            self.put(["---"] * 10)
        for name in self.args.names:
            folder = self.find(name)
            for kind in self.args.kinds:
                model = os.path.join(folder, kind)
                if not os.path.exists(model) or not self.can_run(model, self.inputs(folder, 1)):
                    continue
                for batch in self.args.batch:
                    inputs = self.inputs(folder, batch)
                    if not self.args.no_steady:
                        ours, theirs = self.steady(model, inputs)
                        self.row(name, kind, batch, "steady", ours, theirs)
                    if not self.args.no_first and batch == self.args.batch[0]:
                        ours, theirs, ours_loaded, theirs_loaded = self.first(model, inputs)
                        self.row(name, kind, batch, "first", ours, theirs)
                        self.row(name, kind, batch, "loaded", ours_loaded, theirs_loaded)


def main():
    if sys.argv[1:2] == ["--peer"]:
        Peer(sys.argv[2], sys.argv[3], int(sys.argv[4])).serve()
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="assay-cli")
    parser.add_argument("names", nargs="*", default=NETWORKS)
    parser.add_argument("--networks", default=os.path.join(tempfile.gettempdir(), "assay-networks"))
    parser.add_argument("--fixtures", action="append", default=[os.path.join(HERE, "..", "tests", "data", "keras")])
    parser.add_argument("--kinds", nargs="*", default=["model.keras", "saved_model"])
    parser.add_argument("--batch", type=int, action="append")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--first-rounds", type=int, default=3)
    parser.add_argument("--no-first", action="store_true")
    parser.add_argument("--no-steady", action="store_true")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--python", default=sys.executable)
    args = parser.parse_intermixed_args()
    args.batch = args.batch or [1, 16]
    Bench(args).run()


main()

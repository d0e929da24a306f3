#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Steady forward runs of ResNet-50, MobileNetV2 and BERT-base with random weights, ours and TensorFlow's in turn, with as many threads.

bench-networks.py PROGRAM [--threads N] [--runs N] [NAME...]
Without TensorFlow only ours are run. --python says which Python has it.
"""
import argparse
import os
import statistics
import subprocess
import sys
import time

NAMES = ["resnet-50", "mobilenet-v2", "bert-base", "perceptron", "small-layers"]


def build(tf, np, name):
    rng = np.random.default_rng(1)
    raw = tf.raw_ops

    def weight(middle, bound, *dims):
        return tf.Variable(rng.uniform(middle - bound, middle + bound, dims).astype(np.float32))

    layers = []

    def conv(x, kernel, stride, n):
        w = weight(0, (3 / (kernel * kernel * x)) ** 0.5, kernel, kernel, x, n)
        norm = [weight(1, .1, n), weight(0, .1, n), weight(0, .1, n), weight(1, .1, n)]
        def run(v):
            v = tf.nn.conv2d(v, w, stride, "SAME")
            return raw.FusedBatchNormV3(x=v, scale=norm[0], offset=norm[1], mean=norm[2], variance=norm[3], is_training=False)[0]
        layers.append((w, norm))
        return run

    def depthwise(n, stride):
        w = weight(0, .5, 3, 3, n, 1)
        norm = [weight(1, .1, n), weight(0, .1, n), weight(0, .1, n), weight(1, .1, n)]
        layers.append((w, norm))
        def run(v):
            v = tf.nn.depthwise_conv2d(v, w, [1, stride, stride, 1], "SAME")
            return raw.FusedBatchNormV3(x=v, scale=norm[0], offset=norm[1], mean=norm[2], variance=norm[3], is_training=False)[0]
        return run

    def classifier(n):
        w, b = weight(0, .03, n, 1000), weight(0, .1, 1000)
        return lambda v: tf.nn.softmax(tf.nn.bias_add(tf.matmul(tf.reduce_mean(v, [1, 2]), w), b))

    if name.startswith("resnet"):
        first, blocks, c = conv(3, 7, 2, 64), [], 64
        for stage, count in enumerate([3, 4, 6, 3]):
            for block in range(count):
                n, stride = 64 << stage, 2 if block == 0 and stage > 0 else 1
                short = conv(c, 1, stride, 4 * n) if block == 0 else None
                blocks.append((short, conv(c, 1, stride, n), conv(n, 3, 1, n), conv(n, 1, 1, 4 * n)))
                c = 4 * n
        last = classifier(c)
        def call(x):
            x = tf.nn.max_pool2d(tf.nn.relu(first(x)), 3, 2, "SAME")
            for short, a, b, d in blocks:
                x = tf.nn.relu(d(tf.nn.relu(b(tf.nn.relu(a(x))))) + (short(x) if short else x))
            return last(x)
        return call, (8 if name.endswith("batch") else 1, 224, 224, 3)
    if name == "mobilenet-v2":
        first, blocks, c = conv(3, 3, 2, 32), [], 32
        for t, n, count, s in [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]:
            for block in range(count):
                blocks.append((block > 0, conv(c, 1, 1, t * c) if t > 1 else None, depthwise(t * c, s if block == 0 else 1), conv(t * c, 1, 1, n)))
                c = n
        top, last = conv(c, 1, 1, 1280), classifier(1280)
        def call(x):
            x = tf.nn.relu6(first(x))
            for skip, a, b, d in blocks:
                y = tf.nn.relu6(a(x)) if a else x
                y = d(tf.nn.relu6(b(y)))
                x = x + y if skip else y
            return last(tf.nn.relu6(top(x)))
        return call, (1, 224, 224, 3)

    if name in ("perceptron", "small-layers"):
        sizes = [784, 512, 512, 10] if name == "perceptron" else [64] * 51
        dense = [(weight(0, .1, a, b), weight(0, .1, b)) for a, b in zip(sizes, sizes[1:])]
        def call(x):
            for w, b in dense:
                x = tf.nn.relu(tf.matmul(x, w) + b)
            return x
        return call, (1, sizes[0])

    blocks = [[[weight(0, .04, 768, 12, 64), weight(0, .1, 12, 64)] for _ in range(3)] +
              [[weight(0, .04, 12, 64, 768), weight(0, .1, 768)], [weight(0, .04, 768, 3072), weight(0, .1, 3072)], [weight(0, .04, 3072, 768), weight(0, .1, 768)],
               [weight(1, .1, 768), weight(0, .1, 768)], [weight(1, .1, 768), weight(0, .1, 768)]] for _ in range(12)]
    def norm(x, p):
        d = x - tf.reduce_mean(x, -1, keepdims=True)
        return d / tf.sqrt(tf.reduce_mean(tf.square(d), -1, keepdims=True) + 1e-6) * p[0] + p[1]
    def gelu(x):
        return x * .5 * (tf.tanh((x + x * tf.square(x) * .044715) * .7978845608) + 1)
    def call(x):
        for q, k, v, o, up, down, n1, n2 in blocks:
            a, b, c = (tf.einsum("abc,cde->abde", x, p[0]) + p[1] for p in (q, k, v))
            scores = tf.nn.softmax(tf.einsum("aecd,abcd->acbe", b, a * .125))
            y = tf.einsum("acbe,aecd->abcd", scores, c)
            x = norm(x + tf.einsum("abcd,cde->abe", y, o[0]) + o[1], n1)
            y = gelu(tf.einsum("abc,cd->abd", x, up[0]) + up[1])
            x = norm(x + tf.einsum("abc,cd->abd", y, down[0]) + down[1], n2)
        return x
    return call, (1, 128, 768)


def theirs(name, runs, threads):
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import numpy as np
    import tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    call, shape = build(tf, np, name)
    f = tf.function(call)
    x = tf.constant(np.random.default_rng(2).uniform(-1, 1, shape).astype(np.float32))
    times = []
    for i in range(runs + 3):
        if i == 3:
            cpu = time.process_time()
        start = time.perf_counter()
        f(x).numpy()
        times.append((time.perf_counter() - start) * 1e3)
    print("%.3f %.3f" % (statistics.median(times[3:]), (time.process_time() - cpu) * 1e3 / runs))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("names", nargs="*", default=NAMES)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--theirs", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_intermixed_args()
    if args.theirs:
        theirs(args.program, args.runs, args.threads)
        return
    has_peer = subprocess.run([args.python, "-c", "import importlib.util as u; exit(u.find_spec('tensorflow') is None)"]).returncode == 0
    def measure(*command):
        return [float(x) for x in subprocess.check_output(command, stderr=subprocess.DEVNULL).split()]

    common = [str(args.runs), str(args.threads)]
    print("%-18s %10s %10s %7s   (processors' time %s)" % ("network", "Assay ms", "TF ms", "ratio", "likewise"))
    for name in args.names:
        ours = measure(args.program, name, *common)
        row = ["%.1f" % ours[0], "-", "-", "%.1f" % ours[1], "-", "-"]
        if has_peer:
            peer = measure(args.python, __file__, name, "--theirs", "--runs", common[0], "--threads", common[1])
            row = [text for a, b in zip(ours, peer) for text in ("%.1f" % a, "%.1f" % b, "%.2f" % (a / b))]
        print("%-18s %10s %10s %7s   %10s %10s %7s" % (name, *row), flush=True)


main()

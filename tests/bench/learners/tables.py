"""The tables: what is in them and what is asked."""

import csv
import math
import os
import random
import subprocess

FOLD = "its_fold"  # the column that says which fold a row is in
FOLDS = 5
HERE = os.path.dirname(os.path.abspath(__file__))


class Table:
    """Rows of text below a header, a target, the metric it is scored by."""

    def __init__(self, name, kind, target, header, rows):
        self.name, self.kind, self.target = name, kind, target
        self.header, self.rows = header, rows
        self.metric = "RMSE" if kind == "Regression" else "LogLoss"
        self.y = [row[header.index(target)] for row in rows]

    def folds(self, seed):
        """A fold for each row, by chance, classes with their share in each."""
        draw = random.Random(f"{self.name} {seed}")
        order = list(range(len(self.rows)))
        draw.shuffle(order)
        if self.kind != "Regression":
            order.sort(key=lambda row: self.y[row])
        fold = [0] * len(order)
        for i, row in enumerate(order):
            fold[row] = i % FOLDS
        return fold

    def write(self, path, fold):
        with open(path, "w", newline="", encoding="utf-8") as f:
            out = csv.writer(f)
            out.writerow(self.header + [FOLD])
            out.writerows(row + [f"fold {k}"] for row, k in zip(self.rows, fold))


def read(name, kind, target, lines):
    rows = list(csv.reader(lines))
    header = [column.lstrip("\ufeff") for column in rows[0]]
    return Table(name, kind, target, header, rows[1:])


def demo():
    script = os.path.join(HERE, "../../../pipelines/packages-table.sh")
    text = subprocess.run([script, "--frozen"], check=True, capture_output=True).stdout
    return text.decode().splitlines()


def packages():
    """10,000 Debian packages: is one orphaned?  Texts, categories, numbers."""
    return read("packages", "Binary", "orphaned", demo())


def sections():
    """Which of the ten largest sections is a package in?"""
    table = read("sections", "Multiclass", "section", demo())
    size = {}
    for section in table.y:
        size[section] = size.get(section, 0) + 1
    large = sorted(size, key=lambda s: (-size[s], s))[:10]
    rows = [row for row, section in zip(table.rows, table.y) if section in large]
    return Table(table.name, table.kind, table.target, table.header, rows)


def diabetes(path):
    with open(path, encoding="utf-8", newline="") as f:
        return read("diabetes", "Binary", "readmitted", f)


def generated(name, rows):
    """Ten numbers, four categories, some missing where others are large: columns as they
    are written, and what they say (Friedman's function and effects of the categories)."""
    draw = random.Random(name)
    header = [f"x{i}" for i in range(10)] + ["colour", "shop", "street", "size"]
    effect = [draw.gauss(0, 1.5) for _ in range(60)]
    cells, signal = [], []
    for _ in range(rows):
        x = [draw.random() for _ in range(10)]
        colour, size = draw.choice("rgbwy"), draw.choice(["S", "M", "L", "XL"])
        shop = min(int(draw.expovariate(0.15)), 24)
        street = min(int(draw.expovariate(0.06)), 59)
        signal.append(
            {
                "waves": 10 * math.sin(math.pi * x[0] * x[1])
                + 20 * (x[2] - 0.5) ** 2
                + 10 * x[3]
                + 5 * x[4]
                + 2 * effect[street]
                + (3 * x[5] if colour in "rg" else -3 * x[5]),
                "x": x,
                "shop": shop,
                "large": size in ("L", "XL"),
            }
        )
        x[8] = x[0] + 0.1 * draw.gauss(0, 1)  # says little that x0 does not say
        texts = [f"{v:.5g}" for v in x] + [colour, f"shop {shop}", f"street {street}", size]
        for i in (2, 5, 7):
            if draw.random() < 0.05 + 0.1 * (x[3] > 0.5):
                texts[i] = ""
        if draw.random() < 0.05:
            texts[10] = ""
        cells.append(texts)
    return header, cells, signal, draw


def numbers(name, of):
    header, cells, signal, draw = generated(name, 4000)
    for row, s in zip(cells, signal):
        row.append(f"{of(s['waves'] + draw.gauss(0, 1)):.7g}")
    return Table(name, "Regression", "answer", header + ["answer"], cells)


def waves():
    """Numbers between some -5 and 35."""
    return numbers("waves", lambda v: v)


def skewed():
    """The same as an exponent: a few answers are very large."""
    return numbers("skewed", lambda v: math.exp(v / 6))


def classes(name, scores, rows):
    header, cells, signal, draw = generated(name, rows)
    for row, s in zip(cells, signal):
        score = [v - math.log(-math.log(1 - draw.random())) for v in scores(s)]
        row.append(f"class {score.index(max(score))}")
    return Table(name, "Multiclass", "answer", header + ["answer"], cells)


def shapes():
    """Five classes that no line parts from the others."""

    def scores(s):
        x = s["x"]
        ring = math.hypot(x[0] - 0.5, x[1] - 0.5)
        return [
            6 - 20 * ring,
            4 * math.sin(6 * x[2]),
            5 * x[3] if s["large"] else 1,
            3 * (s["shop"] % 3 == 0) + 2 * x[4],
            8 * x[5] * x[6],
        ]

    return classes("shapes", scores, 4000)


def rare():
    """Thirty classes, a few of most rows and many of a few dozen."""

    def scores(s):
        x = s["x"]
        return [
            2 * math.cos(2 * k * x[k % 4]) + (x[4] - 0.5) * (k % 5) - 0.12 * k
            for k in range(30)
        ]

    return classes("rare", scores, 5000)


ALL = {t.__name__: t for t in (packages, sections, waves, skewed, shapes, rare)}

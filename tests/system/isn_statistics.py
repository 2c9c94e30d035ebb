"""What a series of initial sequence numbers gives away: statistics of random numbers, and a picture of them."""
import math

CIRCLE = 1 << 32
BINS = 64
# The largest chi-squared of 63 degrees of freedom that random numbers reach once in a million times.
MOST_CHI_SQUARED = 131
MOST_DEVIATIONS = 5  # standard deviations


def chi_squared(values):
    """How unevenly 32-bit numbers fill 64 equal parts of their range."""
    counts = [0] * BINS
    for value in values:
        counts[value * BINS // CIRCLE] += 1
    expected = len(values) / BINS
    return sum((count - expected) ** 2 / expected for count in counts)


def differences(numbers, lag):
    return [(b - a) % CIRCLE for a, b in zip(numbers, numbers[lag:])]


def correlation(numbers, lag):
    """Serial correlation, in standard deviations of that of random numbers."""
    mean = sum(numbers) / len(numbers)
    centred = [number - mean for number in numbers]
    variance = sum(x * x for x in centred)
    return sum(a * b for a, b in zip(centred, centred[lag:])) / variance * math.sqrt(len(numbers))


def nearest_neighbours(numbers, cells=16):
    """The mean distance of three successive numbers, as a point of a torus, to the nearest other such point, over
    that of random points."""
    points = [(a / CIRCLE, b / CIRCLE, c / CIRCLE) for a, b, c in zip(numbers, numbers[1:], numbers[2:])]
    grid = {}
    for point in points:
        grid.setdefault(tuple(int(x * cells) for x in point), []).append(point)
    total = 0.0
    sample = points[::5]
    for point in sample:
        cell = [int(x * cells) for x in point]
        nearest = min((sum(min(abs(a - b), 1 - abs(a - b)) ** 2 for a, b in zip(point, other))
                       for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1)
                       for other in grid.get(((cell[0] + i) % cells, (cell[1] + j) % cells, (cell[2] + k) % cells), ())
                       if other is not point), default=1 / cells ** 2)
        total += math.sqrt(nearest)
    expected = math.gamma(4 / 3) * (3 / (4 * math.pi * len(points))) ** (1 / 3)
    return total / len(sample) / expected


def verdicts(numbers):
    """Test -> (value, whether random numbers would pass)."""
    results = {}
    for power in range(9):
        value = chi_squared(differences(numbers, 1 << power))
        results[f"differences over {1 << power}"] = value, value < MOST_CHI_SQUARED
    for lag in 1, 2, 3, 5, 8:
        value = correlation(numbers, lag)
        results[f"correlation with {lag} later"] = value, abs(value) < MOST_DEVIATIONS
    for name, series in ("numbers", numbers), ("steps", differences(numbers, 1)):
        value = nearest_neighbours(series)
        results[f"nearest neighbours of three {name}"] = value, abs(value - 1) < 0.06
    near_half = sum(abs(step - CIRCLE // 2) < 1 << 20 for step in differences(numbers, 1))
    results["steps near 2^31"] = near_half, near_half < 20
    return results


def panel(title, numbers, left, top, size):
    """An SVG group: each step against the one before, steps as numbers with a sign."""
    steps = [(step + CIRCLE // 2) % CIRCLE for step in differences(numbers, 1)]
    places = sorted({(a * size // CIRCLE, size - 1 - b * size // CIRCLE) for a, b in zip(steps, steps[1:])})
    path = "".join(f"M{x} {y}h1" for x, y in places)
    return (f'<g transform="translate({left} {top})"><text y="-6">{title}</text>'
            f'<rect width="{size}" height="{size}" class="f"/><path d="{path}"/></g>')


def picture(series, size=240, columns=3, points=1500):
    """An SVG of panels, one for each name of `series`."""
    gap, head = 24, 30
    rows = -(-len(series) // columns)
    panels = "\n".join(panel(name, numbers[:points], gap + i % columns * (size + gap),
                             head + i // columns * (size + gap + head), size)
                       for i, (name, numbers) in enumerate(series.items()))
    width, height = gap + columns * (size + gap), head + rows * (size + gap + head)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'font-family="sans-serif" font-size="13">\n'
            '<style>.f{fill:none;stroke:#888}path{stroke:#06c;stroke-width:1}</style>\n'
            f'<rect width="{width}" height="{height}" fill="#fff"/>\n{panels}\n</svg>\n')

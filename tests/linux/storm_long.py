# limit: 10800
# long: an hour
"""Ten million random and mutated Linux calls, in ten machines one after another."""

from storm import storm

for seed in range(101, 111):
    storm(seed, 1_000_000, 1000)

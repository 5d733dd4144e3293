"""`python -m bench [part ...]`: the benchmarks, each part into its own section of docs/benchmarks.md; all of them by default."""

from bench.declarations import main

if __name__ == "__main__":
    main()

"""Benchmarks: ratios beside a null Streamlit app in the same run. Not timed tests; run with `make bench`."""

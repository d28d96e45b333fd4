"""Tidy tables to Vega-Lite specifications. Nothing here computes a statistic or reads state."""

"""The least a Streamlit app can be and still answer a click with a chart: the baseline of every ratio."""

import pyarrow as pa
import streamlit as st

SPEC = {
    "mark": "bar",
    "encoding": {"x": {"field": "x", "type": "nominal"}, "y": {"field": "y", "type": "quantitative"}},
    "data": {"name": "d"},
    "height": 300,
}
chosen = st.pills("Filter", ["a", "b", "c"], selection_mode="multi", key="filter")
level = len(chosen) or len(st.query_params.get("level", ""))
st.vega_lite_chart(SPEC | {"datasets": {"d": pa.table({"x": ["u", "v"], "y": [1 + level, 3 - level]})}}, theme=None)

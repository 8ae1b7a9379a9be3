"""A small web service: predicts tomorrow's value of a daily series by a linear trend."""

import pandas as pd
import requests
from flask import Flask, escape, jsonify, request
from sklearn.linear_model import LinearRegression

app = Flask(__name__)


def tomorrow(series: pd.Series) -> float:
    days = pd.DataFrame({"day": range(len(series))})
    trend = LinearRegression().fit(days, series)
    return float(trend.predict(pd.DataFrame({"day": [len(series)]}))[0])


@app.get("/about/<series>")
def about(series: str) -> str:
    return f"<p>The forecast of {escape(series)} is a linear trend.</p>"


@app.post("/forecast")
def forecast():
    source = request.get_json()["url"]
    values = pd.Series(requests.get(source, timeout=10).json(), dtype=float)
    return jsonify(tomorrow=tomorrow(values), days=len(values))

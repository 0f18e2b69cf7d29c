"""`gridgov.Courtyards` as scikit-learn's users know clusterers."""

import inspect
import pickle

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import gridgov
from gridgov import UsageError

sklearn = pytest.importorskip("sklearn")
from sklearn.base import BaseEstimator, clone  # noqa: E402
from sklearn.compose import ColumnTransformer  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import FunctionTransformer  # noqa: E402
from sklearn.utils.estimator_checks import estimator_checks_generator  # noqa: E402
from sklearn.utils.validation import check_is_fitted  # noqa: E402


@pytest.fixture
def places() -> np.ndarray:
    return np.random.default_rng(1).uniform(0, 500, (90, 2))


def test_every_option_is_that_of_partition():
    options = list(inspect.signature(gridgov.partition).parameters.values())[1:]
    assert list(inspect.signature(gridgov.Courtyards).parameters.values()) == options
    assert gridgov.Courtyards().get_params() == {one.name: one.default for one in options}


def test_options_are_attributes_and_survive_clone(places):
    villages = ["a"] * 45 + ["b"] * 45
    estimator = gridgov.Courtyards(min=5, max=15, target=10, villages=villages)
    assert estimator.set_params(target=9, metric="walk") is estimator
    assert (estimator.min, estimator.max, estimator.target) == (5, 15, 9)
    assert estimator.villages is villages
    twin = clone(estimator.fit(places))
    assert twin.get_params() == estimator.get_params()
    assert not hasattr(twin, "labels_")
    assert (twin.fit_predict(places) == estimator.labels_).all()
    with pytest.raises(UsageError, match="n_clusters") as error:
        estimator.set_params(n_clusters=3, target=7)
    assert error.value.code == "option_unknown"
    assert estimator.target == 9  # all or nothing
    with pytest.raises(TypeError):
        gridgov.Courtyards(n_clusters=3)


def test_repr_names_what_is_not_usual():
    assert repr(gridgov.Courtyards()) == "Courtyards()"
    assert repr(gridgov.Courtyards(max=15, min=5)) == "Courtyards(min=5, max=15)"
    assert "weights=array([1, 2])" in repr(gridgov.Courtyards(weights=np.array([1, 2])))


def test_fitted_and_not():
    estimator = gridgov.Courtyards()
    with pytest.raises(sklearn.exceptions.NotFittedError):
        check_is_fitted(estimator)
    check_is_fitted(estimator.fit([(10.0 * row, 0.0) for row in range(20)]))


def test_features_are_named_after_the_frame(places):
    frame = pd.DataFrame(places, columns=["x_m", "y_m"])
    estimator = gridgov.Courtyards().fit(frame)
    assert estimator.feature_names_in_.tolist() == ["x_m", "y_m"]
    assert estimator.n_features_in_ == 2
    estimator.fit(places)
    assert not hasattr(estimator, "feature_names_in_")
    estimator.fit(gpd.GeoSeries.from_xy(*places.T, crs="EPSG:32648"))
    assert estimator.n_features_in_ == 1


def test_last_step_of_a_pipeline(places):
    frame = pd.DataFrame({"y": places[:, 1], "people": 3, "x": places[:, 0]})
    chosen = ColumnTransformer([("places", "passthrough", ["x", "y"])])
    pipeline = make_pipeline(chosen, gridgov.Courtyards(min=5, max=15, target=10))
    expected = gridgov.partition(places, min=5, max=15, target=10)
    assert (pipeline.fit_predict(frame) == expected.labels_).all()
    pipeline.set_params(courtyards__target=9)
    assert pipeline.get_params()["courtyards__target"] == 9
    kilometres = make_pipeline(FunctionTransformer(lambda km: km * 1000.0), gridgov.Courtyards())
    found = kilometres.fit_predict(places / 1000)
    assert (found == gridgov.Courtyards().fit_predict(places)).all()
    assert "Courtyards" in kilometres._repr_html_()


def test_fitted_estimators_are_pickled(places):
    estimator = gridgov.Courtyards(seed=7).fit(places)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(estimator, protocol))
        assert again.get_params() == estimator.get_params()
        assert (again.labels_ == estimator.labels_).all()
        assert not again.labels_.flags.writeable


class _OfTwoColumns(gridgov.Courtyards, BaseEstimator):
    """scikit-learn's checks come with tables of three to ten columns; places have two. The base is
    there because the checks warn where it is not."""

    def fit(self, X, y=None):  # noqa: N803
        if isinstance(X, np.ndarray) and X.ndim == 2 and X.shape[1] > 2:
            super().fit(X[:, :2])
            self.n_features_in_ = X.shape[1]
            return self
        return super().fit(X, y)


#: What scikit-learn words otherwise: we refuse the same with codes and words of our own.
WORDED_OTHERWISE = {
    "check_complex_data",
    "check_dtype_object",
    "check_estimators_nan_inf",
    "check_estimators_empty_data_messages",
    "check_estimator_sparse_tag",
    "check_estimator_sparse_array",
    "check_estimator_sparse_matrix",
    "check_fit2d_1feature",
}


def _checks():
    for estimator, check in estimator_checks_generator(_OfTwoColumns(min=1, max=1000, target=5)):
        name = getattr(check, "func", check).__name__
        yield pytest.param(estimator, check, id=name)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("estimator", "check"), list(_checks()))
def test_scikit_learn_s_own_checks(estimator, check):
    if getattr(check, "func", check).__name__ in WORDED_OTHERWISE:
        with pytest.raises((AssertionError, UsageError)):
            check(estimator)
        return
    check(estimator)

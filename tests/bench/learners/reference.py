"""What each blueprint is called in Python: scikit-learn's and xgboost's own learners behind
their own preprocessing, with the parameters that mean the same and their defaults elsewhere."""

import numpy as np
import scipy.sparse as sp
import xgboost as xgb
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge, RidgeCV
from sklearn.model_selection import StratifiedKFold, KFold, train_test_split
from sklearn.neighbors import NearestNeighbors
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

WATCHED = 0.15  # share of the rows that early stopping looks at
RARE = 5  # rows that a level must have to be told apart from other rare ones, for trees
LIMIT = 5  # standard deviations: what is beyond is moved there
STRENGTHS = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0]


class Part:
    """The training and the other rows of one fold: numbers (with nan), categories, texts."""

    def __init__(self, kind, seed, numbers, categories, texts, y, train, apply):
        self.kind, self.seed, self.y = kind, seed, y[train]
        self.regression = kind == "Regression"
        self.classes = 0 if self.regression else len(np.unique(y))
        self.n, self.train, self.apply = len(train), train, apply
        self.numbers, self.categories, self.texts = numbers, categories, texts
        self.made = {}

    def once(self, what):
        """What several models need is made once: (training rows, other rows)."""
        if what not in self.made:
            self.made[what] = what(self)
        return self.made[what]

    def both(self, fit, values):
        return fit.fit_transform(values[self.train]), fit.transform(values[self.apply])


def beside(*blocks):
    if any(sp.issparse(b) for b in blocks):
        return sp.hstack(blocks).tocsr()
    return np.hstack(blocks)


def together(part):
    """The categories, what fewer than RARE training rows have being one level."""
    values = part.categories.copy()
    for i in range(values.shape[1]):
        level, times = np.unique(values[part.train, i].astype(str), return_counts=True)
        known = set(level[times >= RARE])
        values[:, i] = [v if v in known else "(rare)" for v in values[:, i]]
    return values


def codes(part):
    """Categories as whole numbers, numbers with nan where they are missing: for trees."""
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    blocks = [part.both(ordinal, together(part))] if part.categories.shape[1] else []
    blocks.append((part.numbers[part.train], part.numbers[part.apply]))
    return tuple(np.hstack([b[i] for b in blocks]) for i in range(2))


def columns(part):
    """A column for each category, numbers imputed and standardised."""
    blocks = []
    if part.categories.shape[1]:
        one_hot = OneHotEncoder(
            min_frequency=10, handle_unknown="infrequent_if_exist", sparse_output=False
        )
        blocks.append(part.both(one_hot, part.categories))
    if part.numbers.shape[1]:
        impute = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
        train, apply = part.both(impute, part.numbers)
        scale = StandardScaler()
        both = scale.fit_transform(train), scale.transform(apply)
        blocks.append(tuple(np.clip(v, -LIMIT, LIMIT) for v in both))
    return tuple(np.hstack([b[i] for b in blocks]) for i in range(2))


def words(part):
    """For each text column its words: (training rows, other rows)."""
    made = []
    for i in range(part.texts.shape[1]):
        made.append(part.both(TfidfVectorizer(min_df=2, max_df=0.8), part.texts[:, i]))
    return made


def columns_and_words(part):
    blocks = [part.once(columns), *part.once(words)]
    return tuple(beside(*[b[i] for b in blocks]) for i in range(2))


def said(part, model, x):
    """What a fitted model says: of two classes the probability of the second."""
    if part.regression:
        return model.predict(x)
    p = model.predict_proba(x)
    return p[:, 1] if part.classes == 2 else p


def loss(part, y, p):
    if part.regression:
        return np.mean((y - p) ** 2)
    if part.classes == 2:
        p = np.stack([1 - p, p], axis=1)
    return -np.mean(np.log(np.clip(p[np.arange(len(y)), y.astype(int)], 1e-15, 1)))


def splits(part, folds=5):
    if part.regression:
        return KFold(folds, shuffle=True, random_state=part.seed).split(part.y)
    return StratifiedKFold(folds, shuffle=True, random_state=part.seed).split(part.y, part.y)


def aside(part):
    """Rows to learn from and to look at, inside the training rows."""
    level = None if part.regression else part.y
    return train_test_split(np.arange(part.n), test_size=WATCHED, random_state=part.seed, stratify=level)


def linear(part, strength, mixing):
    """A linear model; the strength is the weight of the rows, for each column."""
    if part.regression and mixing == 0:
        return Ridge(alpha=1 / strength)
    if part.regression:
        return ElasticNet(alpha=1 / strength / part.n, l1_ratio=mixing, max_iter=300, tol=1e-3)
    if mixing == 0:
        return LogisticRegression(C=strength, max_iter=300)
    if part.classes == 2:  # L1 alone predicts about as well, and saga takes minutes here
        return LogisticRegression(
            C=strength, penalty="l1", solver="liblinear", random_state=part.seed
        )
    return LogisticRegression(
        C=strength, penalty="elasticnet", solver="saga", l1_ratio=mixing, max_iter=100, tol=1e-3
    )


def best_linear(part, x, mixing):
    """The strength chosen on rows set aside, the model then fitted to all."""
    learn, look = aside(part)
    scores = []
    for strength in STRENGTHS:
        model = linear(part, strength, mixing).fit(x[learn], part.y[learn])
        scores.append(loss(part, part.y[look], said(part, model, x[look])))
        if len(scores) > 1 and scores[-1] > 1.02 * min(scores):
            break
    best = STRENGTHS[int(np.argmin(scores))]
    return linear(part, best, mixing).fit(x, part.y), best


def out_of_fold(part, x, x_apply, mixing):
    """What a linear model says, of training rows by models that have not seen them."""
    full, strength = best_linear(part, x, mixing)
    p = said(part, full, x_apply)
    own = np.zeros((part.n,) + p.shape[1:])
    for learn, look in splits(part):
        model = linear(part, strength, mixing).fit(x[learn], part.y[learn])
        own[look] = said(part, model, x[look])
    return own, p


def logit(p):
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def text_scores(part):
    """What linear models of the words say, a column or one for each class."""
    made = [out_of_fold(part, x, x_apply, 0) for x, x_apply in part.once(words)]
    if not part.regression:
        made = [tuple(logit(p) for p in one) for one in made]
    return tuple(
        np.hstack([one[i].reshape(len(one[i]), -1) for one in made]) for i in range(2)
    )


def cluster_distances(part):
    """How far each row is from the centres of clusters, by principal components."""
    x, x_apply = part.once(columns)
    pca = PCA(min(20, x.shape[1]), random_state=part.seed).fit(x)
    means = KMeans(8, n_init=1, random_state=part.seed).fit(pca.transform(x))
    return means.transform(pca.transform(x)), means.transform(pca.transform(x_apply))


def boosted(part, x, x_apply, margin=None):
    learn, look = aside(part)
    settings = {"eta": 0.05, "max_depth": 3, "colsample_bytree": 0.3, "gamma": 0.01}
    settings.update(tree_method="hist", nthread=1, seed=part.seed, verbosity=0)
    if part.regression:
        settings.update(objective="reg:squarederror", base_score=part.y.mean())
    elif part.classes == 2:
        settings.update(objective="binary:logistic", eval_metric="logloss")
    else:
        settings.update(
            objective="multi:softprob", eval_metric="mlogloss", num_class=part.classes
        )
    train, watch = xgb.DMatrix(x[learn], part.y[learn]), xgb.DMatrix(x[look], part.y[look])
    apply = xgb.DMatrix(x_apply)
    if margin is not None:
        train.set_base_margin(margin[0][learn])
        watch.set_base_margin(margin[0][look])
        apply.set_base_margin(margin[1])
    model = xgb.train(
        settings, train, 2500, [(watch, "watch")], early_stopping_rounds=200, verbose_eval=False
    )
    return model.predict(apply, iteration_range=(0, model.best_iteration + 1))


def constant(part):
    n = len(part.apply)
    if part.regression:
        return np.full(n, part.y.mean())
    share = np.bincount(part.y.astype(int), minlength=part.classes) / part.n
    return np.full(n, share[1]) if part.classes == 2 else np.tile(share, (n, 1))


def trees(part):
    return boosted(part, *part.once(codes))


def trees_with_text(part):
    blocks = [part.once(codes), part.once(text_scores)]
    return boosted(part, *(np.hstack([b[i] for b in blocks]) for i in range(2)))


def trees_unsupervised(part):
    blocks = [part.once(codes), part.once(cluster_distances)]
    if part.texts.shape[1]:
        blocks.append(part.once(text_scores))
    return boosted(part, *(np.hstack([b[i] for b in blocks]) for i in range(2)))


def trees_on_linear(part):
    margin = out_of_fold(part, *part.once(columns), 0.5)
    if not part.regression:
        margin = tuple(logit(p) for p in margin)
    return boosted(part, *part.once(codes), margin)


def forest(part):
    x, x_apply = part.once(codes)
    x, x_apply = (np.where(np.isnan(v), -9999, v) for v in (x, x_apply))
    if part.regression:
        model = RandomForestRegressor(
            500, min_samples_leaf=5, max_features=1 / 3, random_state=part.seed
        )
    else:
        model = RandomForestClassifier(500, min_samples_leaf=5, random_state=part.seed)
    return said(part, model.fit(x, part.y), x_apply)


def elastic_net(part):
    x, x_apply = part.once(columns_and_words)
    return said(part, best_linear(part, x, 0.5)[0], x_apply)


def ridge(part):
    x, x_apply = part.once(columns_and_words)
    return said(part, best_linear(part, x, 0)[0], x_apply)


def logistic(part):
    x, x_apply = part.once(columns)
    model = LogisticRegression(C=0.1, penalty="l1", solver="liblinear", random_state=part.seed)
    return said(part, model.fit(x, part.y), x_apply)


def kernel(part):
    x, x_apply = part.once(columns)
    waves = RBFSampler(gamma=1 / x.shape[1], n_components=600, random_state=part.seed).fit(x)
    model = RidgeCV(np.logspace(-3, 3, 13)) if part.regression else LogisticRegression(
        C=10, max_iter=300
    )
    return said(part, model.fit(waves.transform(x), part.y), waves.transform(x_apply))


def neighbours(part):
    """The number of neighbours chosen on rows set aside; shares as if one average row more
    had been found, as scikit-learn's own may be 0."""
    x, x_apply = part.once(columns)
    learn, look = aside(part)

    def predict(rows, y, queries, ks):
        near = NearestNeighbors(n_neighbors=min(max(ks), len(rows)), algorithm="brute")
        found = y[near.fit(rows).kneighbors(queries, return_distance=False)]
        for k in ks:
            if part.regression:
                yield found[:, :k].mean(axis=1)
                continue
            of = range(part.classes) if part.classes > 2 else [1]
            p = [((found[:, :k] == c).sum(axis=1) + np.mean(y == c)) / (k + 1) for c in of]
            yield np.stack(p, axis=1) if part.classes > 2 else p[0]

    ks = [5, 10, 20, 50, 100, 200, 400]
    tried = predict(x[learn], part.y[learn], x[look], ks)
    best = ks[int(np.argmin([loss(part, part.y[look], p) for p in tried]))]
    return next(predict(x, part.y, x_apply, [best]))


def network(part):
    x, x_apply = part.once(columns)
    same = {"early_stopping": True, "validation_fraction": WATCHED, "n_iter_no_change": 5}
    same.update(hidden_layer_sizes=(64,), batch_size=128, max_iter=60, random_state=part.seed)
    if not part.regression:
        return said(part, MLPClassifier(**same).fit(x, part.y), x_apply)
    mean, sd = part.y.mean(), part.y.std()
    return mean + sd * MLPRegressor(**same).fit(x, (part.y - mean) / sd).predict(x_apply)


def text_alone(column):
    def fit(part):
        x, x_apply = part.once(words)[column]
        return said(part, best_linear(part, x, 0)[0], x_apply)

    return fit


# By what the name of a model has in it, the first that fits.
BY_NAME = [
    ("Majority Class|Mean Response", constant),
    ("with text", trees_with_text),
    ("Unsupervised", trees_unsupervised),
    ("on ElasticNet", trees_on_linear),
    ("Early Stopping", trees),
    ("RandomForest", forest),
    ("mixing alpha", elastic_net),
    (r"\(L2 /", ridge),
    ("Logistic Regression", logistic),
    ("Random Fourier", kernel),
    ("Nearest", neighbours),
    ("Neural", network),
]

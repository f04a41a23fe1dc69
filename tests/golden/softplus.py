def softplus_grad(x):
    exp = np.exp(x)
    t = 1.0 + exp
    # backward
    x_bar = exp / t
    return np.sum(np.log(t)), x_bar

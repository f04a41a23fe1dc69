def layer_loss_grad(W, b, x, t):
    h = np.tanh(x @ W + b)
    r = h - t
    # backward
    t_2_bar = 2.0 * r / r.size * (1.0 - h ** 2)
    W_bar = x.T @ t_2_bar
    return W_bar, t_2_bar.sum(0)

def rnn_loss_grad(W, U, b, xs, y):
    h_saved = []
    h = np.zeros(W.shape[0])
    for x in xs:
        h_saved.append(h)
        h = np.tanh(W @ h + U @ x + b)
    # backward
    U_bar = np.zeros_like(U)
    W_bar = np.zeros_like(W)
    b_bar = np.zeros_like(b)
    h_bar = 2.0 * (h - y)
    for x in xs[::-1]:
        t_3_bar = h_bar * (1.0 - h ** 2)
        h = h_saved.pop()
        b_bar += t_3_bar
        U_bar += np.outer(t_3_bar, x)
        W_bar += np.outer(t_3_bar, h)
        h_bar = W.T @ t_3_bar
    return W_bar, U_bar, b_bar

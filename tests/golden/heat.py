def heat_grad(u0, alpha, steps):
    t_3_saved = []
    u = u0.copy()
    t = int(steps)
    for k in range(t):
        t_3 = u[2:] - 2.0 * u[1:-1] + u[:-2]
        t_3_saved.append(t_3)
        u[1:-1] = u[1:-1] + alpha * t_3
    # backward
    alpha_bar = 0.0
    u_bar = 2.0 * u
    for k in range(t):
        t_5_taken = u_bar[1:-1].copy()
        u_bar[1:-1] = 0.0
        alpha_bar += (t_5_taken * t_3_saved.pop()).sum()
        t_3_bar = t_5_taken * alpha
        u_bar[:-2] += t_3_bar
        u_bar[1:-1] -= 2.0 * t_3_bar
        u_bar[2:] += t_3_bar
        u_bar[1:-1] += t_5_taken
    return u_bar, float(alpha_bar)

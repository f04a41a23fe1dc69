def filtered_grad(x, a):
    y_t_2_saved = []
    y = x.copy()
    y_item = y[0]
    y[0] = a * y_item
    t_1 = len(y)
    for i in range(1, t_1):
        y_t_2 = y[i - 1]
        y_t_2_saved.append(y_t_2)
        y[i] = y[i] + a * y_t_2
    y *= 2.0
    # backward
    a_bar = 0.0
    y_bar = 4.0 * y
    for i in range(t_1 - 1, 0, -1):
        y_i_1_taken = y_bar[i]
        y_bar[i] = 0.0
        a_bar += y_i_1_taken * y_t_2_saved.pop()
        y_bar[i - 1] += y_i_1_taken * a
        y_bar[i] += y_i_1_taken
    t_taken = y_bar[0]
    y_bar[0] = 0.0
    a_bar += t_taken * y_item
    y_bar[0] += t_taken * a
    return y_bar, float(a_bar)

/* A plain CBLAS for the tests, right unless a macro asks for a fault. Row-major only. */

enum { NO_TRANS = 111 };

void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha,
                 const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc) {
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < n; j++) {
      float sum = 0;
      for (int p = 0; p < k; p++) {
        float left = transA == NO_TRANS ? a[i * lda + p] : a[p * lda + i];
#ifdef FAULT_TRANSPOSE
        float right = b[p * ldb + j < k * ldb ? p * ldb + j : 0];
        if (transB == NO_TRANS || transA == NO_TRANS) right = transB == NO_TRANS ? b[p * ldb + j] : b[j * ldb + p];
#else
        float right = transB == NO_TRANS ? b[p * ldb + j] : b[j * ldb + p];
#endif
        sum += left * right;
      }
#ifdef FAULT_LARGE
      if (m > 100 && i == m - 1 && j == n - 1) sum += 1;
#endif
#ifdef FAULT_BETA
      c[i * ldc + j] = alpha * sum + beta * c[i * ldc + j];
#else
      c[i * ldc + j] = alpha * sum + (beta == 0 ? 0 : beta * c[i * ldc + j]);
#endif
    }
#ifdef FAULT_PADDING
    if (ldc > n) c[i * ldc + n] = 0;
#endif
  }
}

void cblas_sgemv(int order, int trans, int m, int n, float alpha, const float *a, int lda,
                 const float *x, int incx, float beta, float *y, int incy) {
  int outputs = trans == NO_TRANS ? m : n, inputs = trans == NO_TRANS ? n : m;
  for (int i = 0; i < outputs; i++) {
    float sum = 0;
    for (int p = 0; p < inputs; p++) {
#ifdef FAULT_INCREMENT
      float value = x[p];
#else
      float value = x[p * incx];
#endif
      sum += (trans == NO_TRANS ? a[i * lda + p] : a[p * lda + i]) * value;
    }
    y[i * incy] = alpha * sum + (beta == 0 ? 0 : beta * y[i * incy]);
  }
}

/* The self-test calls none of these. */
void cblas_dgemm(void) {}
void cblas_sasum(void) {}
void cblas_saxpy(void) {}
void cblas_scopy(void) {}
void cblas_sdot(void) {}
void cblas_sger(void) {}
void cblas_snrm2(void) {}
#ifndef FAULT_MISSING
void cblas_sscal(void) {}
#endif
#ifdef FAULT_THREADS
int openblas_get_num_threads(void) { return 4; }
void openblas_set_num_threads(int threads) {}
int openblas_get_parallel(void) { return 1; }
char *openblas_get_config(void) { return "OpenBLAS 9.9.9"; }
#endif
#ifdef FAULT_INTEGERS
void openblas_set_num_threads(int threads) {}
char *openblas_get_config(void) { return "OpenBLAS 9.9.9 USE64BITINT"; }
#endif

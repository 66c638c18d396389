/* A plain CBLAS for the tests, right unless a macro asks for a fault. Row-major only. */

enum { NO_TRANS = 111 };

#ifdef FAULT_MISSING
#define cblas_sgemm another_name
#endif

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

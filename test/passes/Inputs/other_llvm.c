/* Stands for a host of another version. */
void LLVMGetVersion(unsigned *major, unsigned *minor, unsigned *patch) {
  *major = 20;
  *minor = 1;
  *patch = 0;
}

/* SQLite as it will be: the version in which the WAL-reset defect is mended. */
int sqlite3_libversion_number(void);

int sqlite3_libversion_number(void)
{
    return 3051003;
}

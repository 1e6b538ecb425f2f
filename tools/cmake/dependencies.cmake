# Libraries, from the system's packages. Each is a target PkgConfig::NAME.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq>=4.3.4)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.40)
pkg_check_modules(PROTOBUF_C REQUIRED IMPORTED_TARGET libprotobuf-c>=1.4.1)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET openssl>=3.0)
pkg_check_modules(EVENT REQUIRED IMPORTED_TARGET libevent>=2.1.12)
pkg_check_modules(EVENT_OPENSSL REQUIRED IMPORTED_TARGET libevent_openssl>=2.1.12)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto>=3.0)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson>=2.14)
pkg_check_modules(CONFUSE REQUIRED IMPORTED_TARGET libconfuse>=3.3)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd>=1.5)
pkg_check_modules(CRYPT REQUIRED IMPORTED_TARGET libxcrypt>=4.4)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(QRENCODE REQUIRED IMPORTED_TARGET libqrencode>=4.0)
pkg_check_modules(CMOCKA IMPORTED_TARGET cmocka>=1.1.5)

find_program(PROTOC_C NAMES protoc-c protoc-gen-c-standalone REQUIRED)

# A libzmq without CURVE would build and then refuse every link.
if(NOT CMAKE_CROSSCOMPILING)
  include(CheckCSourceRuns)
  set(CMAKE_REQUIRED_LIBRARIES PkgConfig::ZMQ)
  check_c_source_runs([[
    #include <zmq.h>
    int main(void) { return zmq_has("curve") == 1 ? 0 : 1; }
  ]] LT_ZMQ_HAS_CURVE)
  unset(CMAKE_REQUIRED_LIBRARIES)
  if(NOT LT_ZMQ_HAS_CURVE)
    message(FATAL_ERROR "libzmq was built without CURVE")
  endif()
endif()

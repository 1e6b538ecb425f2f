# lt_warnings: what every line of ours has to pass, with gcc and with clang.
add_library(lt_warnings INTERFACE)
target_compile_options(lt_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wundef
  -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wimplicit-fallthrough
  -Wvla -Wcast-align -Wcast-qual -Wpointer-arith -Wwrite-strings
  -Wnull-dereference -Wdouble-promotion -Wswitch-enum
  -Werror=format-security -Werror=implicit -Werror=incompatible-pointer-types
  -Werror=int-conversion
  $<$<C_COMPILER_ID:GNU>:-Wtrampolines -Wbidi-chars=any>
  $<$<BOOL:${LT_WERROR}>:-Werror>)

# lt_hardening: for what is shipped.
add_library(lt_hardening INTERFACE)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(lt_hardening INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
    -fstack-protector-strong -fstack-clash-protection
    -ftrivial-auto-var-init=zero -fno-delete-null-pointer-checks
    -fno-strict-overflow -fno-strict-aliasing -fexceptions
    $<$<C_COMPILER_ID:GNU>:-Wstringop-overflow=4>)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(lt_hardening INTERFACE -fcf-protection=full)
  endif()
  target_link_options(lt_hardening INTERFACE
    $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie>
    -Wl,-z,relro,-z,now,-z,noexecstack,-z,nodlopen,-z,separate-code
    -Wl,--as-needed)
endif()

if(LT_SANITIZE)
  add_compile_options(-fsanitize=${LT_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${LT_SANITIZE})
endif()
if(LT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()

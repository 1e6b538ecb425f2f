# Put the tables of deploy/policy into the library, byte for byte.
#
# Run by CMake it adds the generated source to lt_common; run with -P it writes
# that source (-DOUT=FILE -DIN=FOLDER).
if(CMAKE_SCRIPT_MODE_FILE)
  set(code "/* Generated from deploy/policy by common/policy.cmake. */\n")
  string(APPEND code "#include \"common/policy_default.h\"\n")
  foreach(table kinds fields deadlines calendar holidays lunar)
    file(READ "${IN}/${table}.csv" hex HEX)
    string(LENGTH "${hex}" digits)
    math(EXPR len "${digits} / 2")
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
    string(REGEX REPLACE "((0x..,)(0x..,)?(0x..,)?(0x..,)?(0x..,)?(0x..,)?(0x..,)?(0x..,)?)" "\\1\n" bytes "${bytes}")
    string(APPEND code
      "const unsigned char lt_policy_default_${table}[] = {\n${bytes}};\n"
      "const size_t lt_policy_default_${table}_len = ${len};\n")
  endforeach()
  file(WRITE "${OUT}" "${code}")
  return()
endif()

get_filename_component(policy_folder
  "${CMAKE_CURRENT_LIST_DIR}/../deploy/policy" ABSOLUTE)
set(policy_source "${CMAKE_CURRENT_BINARY_DIR}/policy_default.c")
add_custom_command(
  OUTPUT "${policy_source}"
  COMMAND "${CMAKE_COMMAND}" "-DOUT=${policy_source}" "-DIN=${policy_folder}"
          -P "${CMAKE_CURRENT_LIST_FILE}"
  DEPENDS "${CMAKE_CURRENT_LIST_FILE}" "${policy_folder}/kinds.csv"
          "${policy_folder}/fields.csv" "${policy_folder}/deadlines.csv"
          "${policy_folder}/calendar.csv" "${policy_folder}/holidays.csv"
          "${policy_folder}/lunar.csv"
  VERBATIM)
target_sources(lt_common PRIVATE "${policy_source}")

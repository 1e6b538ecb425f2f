# lt_all_listed(TARGET... [EXCEPT file.c...]): every .c of this folder is a
# source of one of the targets. Sources are listed by hand; one that was
# forgotten would be neither compiled nor missed.
function(lt_all_listed)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "EXCEPT")
  set(listed ${arg_EXCEPT})
  foreach(target IN LISTS arg_UNPARSED_ARGUMENTS)
    get_target_property(sources ${target} SOURCES)
    list(APPEND listed ${sources})
  endforeach()
  file(GLOB here RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" *.c)
  foreach(source IN LISTS here)
    if(NOT source IN_LIST listed)
      message(FATAL_ERROR
        "${CMAKE_CURRENT_SOURCE_DIR}/${source} is in no target's list")
    endif()
  endforeach()
endfunction()

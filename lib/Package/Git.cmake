# What git knows of the sources; nothing outside of a repository.
#
# energyopt_git(VARIABLE SOURCE arguments...): what git prints, "" if it fails.
function(energyopt_git variable source)
  execute_process(COMMAND git -C ${source} ${ARGN} OUTPUT_VARIABLE text RESULT_VARIABLE code
                  ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT code EQUAL 0)
    set(text "")
  endif()
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

# energyopt_stamp(VARIABLE SOURCE VERSION): the commit, after the last tag where
# there is one; "" for the release itself.
function(energyopt_stamp variable source version)
  energyopt_git(top ${source} rev-parse --show-toplevel)
  get_filename_component(source ${source} REALPATH)
  set(stamp "")
  if(top STREQUAL source) # and not somebody else's repository around it
    energyopt_git(stamp ${source} describe --tags --always --abbrev=8 --match v[0-9]*)
  endif()
  if(stamp STREQUAL v${version})
    set(stamp "")
  endif()
  set(${variable} "${stamp}" PARENT_SCOPE)
endfunction()

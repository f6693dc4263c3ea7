/** Common English words, from which prompts of a given length are made up. */
export const WORDS =
  `the of and to in is that it for as with was on be at by this are from or an which one all can more
has when there time will some each other into than its about two only new also after work first may
such any over where through back most many then them should well people year way day man thing woman
life child world school state family student group country problem hand part place case week company
system program question government number night point home water room mother area money story fact
month lot right study book eye job word business issue side kind head house service friend father
power hour game line end member law car city community name president team minute idea kid body
information nothing ago lead social whether watch together follow around parent face others level
office door health person art war history party within result change morning reason research girl
guy moment air teacher force education foot boy age policy music market sense nation plan college
interest death experience effect use class control care field development role effort rate heart drug
show light voice wife police mind price report decision son view relationship town road arm
difference value building action season society tax director position player record paper space
ground form event official matter center couple site project activity star table need court oil
situation cost industry figure street image phone data picture practice piece land product doctor
wall patient worker news test movie north love support technology step baby computer type attention
film tree source window culture chance order pattern answer machine river summer winter letter`
    .split(/\s+/);

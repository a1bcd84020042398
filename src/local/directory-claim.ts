/** On a PersistentVolumeClaim: the directory of this machine that it stands for, in place of one made for it. */
export const DIRECTORY_ANNOTATION = "throughline.dev/directory";

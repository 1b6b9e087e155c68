// Starts what every page needs; each part is a small module of its own.
import { startDialogs } from "./dialogs.js";
import { startToasts } from "./toasts.js";
import { startPalette } from "./palette.js";
import { startKeys } from "./keys.js";
import { startCombos } from "./combo.js";
import { startDrafts } from "./drafts.js";
import { startFields } from "./fields.js";
import { startMentions } from "./mentions.js";
import { startSending } from "./sending.js";

startToasts();
startDialogs();
startPalette();
startKeys();
startCombos();
startDrafts();
startFields();
startMentions();
startSending();

export { formatTime, type Nanos, parseTime } from "./time.ts";

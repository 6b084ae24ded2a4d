import { Lesson } from "./media/lesson";
console.log(Lesson);

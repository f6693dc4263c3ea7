import assert from "node:assert/strict";
import { descriptorLimit, descriptorProblem } from "./file_descriptors.ts";

Deno.test("the limit is the hard one of this process", async () => {
  const line = Deno.readTextFileSync("/proc/self/limits").match(/^Max open files +\S+ +(\S+)/m)!;
  const hard = line[1] === "unlimited" ? Infinity : Number(line[1]);
  assert.equal(await descriptorLimit(), hard);
});

Deno.test("connections that the limit carries are no problem, one more is", () => {
  assert.equal(descriptorProblem(924, 1024), null);
  assert.equal(descriptorProblem(1e9, Infinity), null);
  assert.equal(descriptorProblem(1e9, null), null);
  const problem = descriptorProblem(925, 1024)!;
  assert.match(problem, /^925 connections at once need 1025 file descriptors.*hard limit is 1024/);
  assert.match(problem, /--nofile=2048.*--ulimit nofile=2048.*levels above 924/);
});

import { ANSWER_SCHEMAS, type Parameter, QUESTIONS } from "../../insight/index.ts";

type Json = Readonly<Record<string, unknown>>;

/** The insight API as an OpenAPI 3.1 document, made of the table of questions. */
export function openApiDocument({ version, base }: { version: string; base: string }): Json {
  const paths = QUESTIONS.map(({ name, path, summary, parameters, answerName }) => [
    `${base}/${path}`,
    {
      get: {
        operationId: name,
        summary,
        parameters: parameters.map(parameterObject),
        responses: {
          200: response(summary, answerName),
          400: response("A parameter is not what it should be", "ErrorAnswer"),
          401: response("The server has a token, and this request has not", "ErrorAnswer"),
          404: response("There is no such thing", "ErrorAnswer"),
          503: response("Too busy: ask again", "ErrorAnswer"),
        },
      },
    },
  ]);
  return {
    openapi: "3.1.0",
    info: {
      title: "Throughline insight API",
      version,
      description:
        "Questions about pipeline runs. Times are RFC 3339 in UTC, durations milliseconds, rates from 0 to 1.",
    },
    paths: { ...Object.fromEntries(paths), ...livePath(base) },
    components: { schemas: ANSWER_SCHEMAS },
  };
}

function livePath(base: string): Json {
  const summary = "Server-Sent Events: `data` with a StatusAnswer, at once and whenever spans were kept";
  const content = { "text/event-stream": { schema: { type: "string" } } };
  return {
    [`${base}/live`]: {
      get: { operationId: "live", summary, responses: { 200: { description: summary, content } } },
    },
  };
}

function response(description: string, answerName: string): Json {
  const schema = { $ref: `#/components/schemas/${answerName}` };
  return { description, content: { "application/json": { schema } } };
}

function parameterObject(parameter: Parameter): Json {
  const { name, description, inPath = false, isRequired = false } = parameter;
  return {
    name,
    in: inPath ? "path" : "query",
    required: isRequired,
    description,
    schema: schemaOf(parameter),
  };
}

/** Durations and times are text in several notations, which the description tells. */
function schemaOf(parameter: Parameter): Json {
  const { kind, values, most } = parameter;
  switch (kind) {
    case "count":
      return { type: "integer", minimum: 1, maximum: most, default: Number(parameter.default) };
    case "choice":
      return { enum: values, ...(parameter.default === undefined ? {} : { default: parameter.default }) };
    default:
      return { type: "string" };
  }
}

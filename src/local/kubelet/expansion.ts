/**
 * References to variables in commands, arguments and values of variables (Kubernetes, "Define Dependent Environment
 * Variables"): `$(NAME)` is the value, or stays as it is without one; `$$` is a dollar sign, so `$$(NAME)` is `$(NAME)`.
 */
export function expandVariables(text: string, variables: Readonly<Record<string, string>>): string {
  if (!text.includes("$")) return text;
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return "$";
    return Object.hasOwn(variables, name) ? (variables[name] ?? whole) : whole;
  });
}

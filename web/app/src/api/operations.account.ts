// What the page of the account asks for, and the tokens of any user. Mutations call their field `answer`.

const accountFields = /* GraphQL */ `fragment AccountFields on Viewer { name role locale scopes hasPassword expiresAt }`;
const tokenFields = /* GraphQL */ `
  fragment TokenFields on Token { id name scopes actsFor allowNewUsers createdAt expiresAt lastUsedAt }
`;
const userErrors = "userErrors { code field message retryAfterSeconds }";

export const account = /* GraphQL */ `
  ${accountFields}
  query Account { viewer { ...AccountFields } }
`;

export const changePassword = /* GraphQL */ `
  ${accountFields}
  mutation ChangePassword($input: ChangePasswordInput!) { answer: changePassword(input: $input) { viewer { ...AccountFields } ${userErrors} } }
`;

export const setLocale = /* GraphQL */ `
  ${accountFields}
  mutation SetLocale($locale: String) { answer: setLocale(locale: $locale) { viewer { ...AccountFields } ${userErrors} } }
`;

export const tokens = /* GraphQL */ `
  ${tokenFields}
  query Tokens($user: String, $after: ID, $first: Int!) { tokens(user: $user, after: $after, first: $first) { ...TokenFields } }
`;

export const createToken = /* GraphQL */ `
  ${tokenFields}
  mutation CreateToken($input: CreateTokenInput!) { answer: createToken(input: $input) { token { ...TokenFields } text ${userErrors} } }
`;

export const revokeToken = /* GraphQL */ `
  mutation RevokeToken($id: ID!) { answer: revokeToken(id: $id) { ${userErrors} } }
`;

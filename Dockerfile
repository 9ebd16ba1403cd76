# One image for every process; the command says which one (see docker-compose.yml).
FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# With optional packages: the program of esbuild is one.
RUN npm ci
COPY . .
RUN npm run build

FROM node:20-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The embedded PostgreSQL (an optional dependency) stays out: a deployment brings its own.
RUN npm ci --omit=dev --omit=optional

FROM node:20-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
# What a volume at DATA_DIR starts as: writable for who runs here.
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 3000 3001 4000
# node is the first process of the container: it gets SIGTERM itself and drains.
CMD ["node", "dist/programs/api.js"]

/** The part of W&B's GraphQL schema that the door answers, put together from its subjects. */
import { buildSchema, type GraphQLSchema } from 'graphql';
import { accountTypes } from './accounts.ts';
import { artifactTypes } from './artifacts.ts';
import { commonTypes } from './common.ts';
import { inputTypes } from './inputs.ts';
import { operationTypes } from './operations.ts';
import { runTypes } from './runs.ts';

export const schema: GraphQLSchema = buildSchema([commonTypes, accountTypes, runTypes, artifactTypes, inputTypes, operationTypes].join('\n'));
